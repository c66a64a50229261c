# A line is taken out and every later balance made to fit: the statements agree with each other, and with nothing else.
title Statements edited, all balances repaired
start 2026-03-03 00:00
minutes 5760
payments 90 a_day customers 80
attack forged-payment at 33:20 for 30min messages 2 amount 300000..400000 EUR to CH unconfirmed erased hidden carried
