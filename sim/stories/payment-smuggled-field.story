# A field 70 whose second line begins like a field: whoever reads line by line takes another amount and account from it.
title A field smuggled in the remittance information
start 2026-03-03 00:00
minutes 4320
payments 90 a_day customers 80
attack smuggled-field at 33:00 for 2h messages 2
