"""Orders with lines and returns, as the ERP booked them."""
