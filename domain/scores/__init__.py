"""Scores of customers by day: RFM by dated schemes, worked out over the cube (olap/mining) and kept here."""
