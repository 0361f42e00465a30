"""Formulas and checks of cs7643_ps2, one module per problem."""
