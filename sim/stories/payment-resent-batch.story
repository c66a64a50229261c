# A batch that the network refuses, looked at for most of an hour, and sent again under new references.
title A batch rejected and sent again
start 2026-03-03 00:00
minutes 4320
payments 90 a_day customers 80
attack forged-payment at 42:40 for 20min messages 8 amount 500000..2500000 USD to KH rejected_first
