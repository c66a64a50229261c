# The debit confirmation of a forged payment never reaches the people who would wonder; nor do two of honest ones.
title Debit confirmations deleted
start 2026-03-03 00:00
minutes 4320
payments 90 a_day customers 80
attack forged-payment at 33:20 amount 300000..400000 EUR to CH unconfirmed
attack deleted-confirmation at 34:00 for 1h messages 2
