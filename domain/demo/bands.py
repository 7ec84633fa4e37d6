"""What the company must look like in its figures: each lowest and highest value, and where they come from.

"Online Retail II" (Chen 2012) and "CDNOW" (Fader & Hardie 2001) are measured on the public data sets of those names,
the first on its positive lines with a customer: a gift-ware shop with many wholesalers, and new buyers of CDs
followed for 18 months. A membership retailer lies between them or near them. Where it says "assumption", no
published figure is known to us.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """lowest <= value <= highest."""

    lowest: float
    highest: float

    def holds(self, value: float) -> bool:
        """Whether the value lies in the band."""
        return self.lowest <= value <= self.highest


REPEAT_RATE = Band(0.60, 0.76)
"""Customers with two or more orders / with one or more. Online Retail II 0.724, CDNOW 0.489 (first-time buyers
only, which this company's members are not: more than a third were members when the period began)."""

TOP_DECILE_SHARE = Band(0.45, 0.64)
"""The best tenth's share of the customers' revenue. Online Retail II 0.638, CDNOW 0.509."""

DECEMBER_INDEX = Band(1.10, 1.45)
"""December's revenue / the mean of the twelve months around it. Online Retail II, being all gifts, peaks in November
at 1.67 and 1.63 of the year's mean month. That Korean retail sales peak in December and are lowest in February
(Statistics Korea, retail sales index) is known; the height is an assumption."""

FEAST_INDEX = Band(1.20, 1.85)
"""Revenue a day in the fortnight before Seollal or Chuseok / in the year around it. Assumption."""

SILENT_SHARE = Band(0.38, 0.58)
"""Of the customers who first ordered over twelve months ago, those without an order since. Online Retail II 0.373,
CDNOW 0.646 (of all, within 18 months)."""

RETURN_RATE = Band(0.025, 0.055)
"""Returned / sold, in won. Online Retail II 0.035 (cancelled goods / sold goods). American retailers report far more
(14.5 % in 2023: National Retail Federation and Appriss Retail); much of that is clothing bought online."""

REDEEMED_SHARE = Band(0.35, 0.52)
"""Redeemed / earned points. Assumption; who redeems takes all there is."""

MARKETING_SHARE = Band(0.72, 0.92)
"""Customers whose last word on marketing is yes. It follows from whom the company writes to: nobody without it."""

WITHDRAWN_SHARE = Band(0.03, 0.08)
"""Of those who agreed to marketing, those who took it back before the period ended. Assumption."""

CASES_A_CONTACT = Band(0.10, 0.45)
"""Cases / calls and chats that customers began. Assumption: most is settled at once."""

SOLVED_IN_TIME = Band(0.75, 0.97)
"""Solved cases that were solved before they were due, two days after they were opened. Assumption."""

SATISFACTION = Band(3.5, 4.2)
"""Mean stars of rated cases. Assumption."""
