"""What lists and the picture are drawn from: models, delegates and graphics items."""
