"""Objectives, and targets: what a metric is planned to be."""
