"""What training tasks together is worth: planned, measured, accounted for."""
