"""Texts and catalogues, Danish and English. Data only; a package so that it travels in the wheel."""
