# A line is taken out of the statement, and the balances stay as they were.
title A statement edited, its balances left
start 2026-03-03 00:00
minutes 4320
payments 90 a_day customers 80
attack forged-payment at 33:20 for 30min messages 2 amount 300000..400000 EUR to CH unconfirmed hidden left
