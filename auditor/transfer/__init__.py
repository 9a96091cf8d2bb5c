"""What training together is worth: measured, predicted, grouped by."""
