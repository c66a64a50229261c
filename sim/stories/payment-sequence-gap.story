# Messages were deleted at the interface: numbers are missing, and one acknowledgement is left of a message that is not.
title Messages deleted at the interface
start 2026-03-03 00:00
minutes 4320
payments 90 a_day customers 80
attack sequence-gap at 35:00 messages 3
attack forged-payment at 36:30 amount 800000 USD to SG erased
