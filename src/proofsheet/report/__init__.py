"""From the results to the pages: numbers, tables, variables, checks of the text, rendering."""
