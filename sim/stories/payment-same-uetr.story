# Payments of the day before under a new reference; their UETRs are the old ones.
title The same UETR under a new reference
start 2026-03-03 00:00
minutes 4320
payments 90 a_day customers 80
attack same-uetr at 58:00 for 1h messages 3
