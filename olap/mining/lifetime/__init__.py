"""How often customers will order, whether they still will, and what that is worth.

Orders are counted by BG/NBD or Pareto/NBD, amounts by gamma-gamma. The two are fitted apart: what customers pay is
taken not to hang on how often they come. BG/NBD says of who ordered on one day alone that he is alive for certain, so
`values` asks Pareto/NBD about him, and says which was asked. Formulas: crm.md, section 6; Fader, Hardie & Lee (2005),
Marketing Science 24(2); Fader & Hardie (2013), notes 019 and 025 of brucehardie.com.

numpy alone: the orders are whole numbers, so log-gamma is needed of few values, and the hypergeometric functions are
put into a form whose series converges fast. scipy would be 100 MB more for three functions and a simplex. Nothing here
is imported by a process that serves.
"""
