"""What differs between documents."""
