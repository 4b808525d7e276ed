"""What people decided, learned and served without any library but the standard one; only training takes more."""
