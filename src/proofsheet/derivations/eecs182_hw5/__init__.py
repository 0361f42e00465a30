"""Formulas and checks of eecs182_hw5, one module per problem."""
