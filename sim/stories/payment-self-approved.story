# There is an order behind the message; but one user entered and approved it, in the evening.
title An order entered and approved by one and the same
start 2026-03-03 00:00
minutes 4320
payments 90 a_day customers 80
attack self-approved at 42:50 messages 2 amount 450000..700000 USD to AE
