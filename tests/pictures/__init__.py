"""Pictures of every page in every state, wide and on the phone, light and dark: `make pictures`.

`house` is a demo of its own with cases of every sort, `states` says what is looked at and how one comes there,
`looking` takes the pictures and finds what is wrong with a page, `sheet` shows them side by side.
"""
