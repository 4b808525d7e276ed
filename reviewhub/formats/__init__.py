"""How Django itself writes dates, where nothing else says how: the settings. As the product's own pages write them."""
