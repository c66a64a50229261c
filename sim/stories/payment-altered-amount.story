# Between the back office and the interface the amount grows by ten; the digest is no longer right.
title Amounts altered between order and message
start 2026-03-03 00:00
minutes 4320
payments 90 a_day customers 80
attack altered-amount at 33:00 for 2h messages 4 times 10 lau wrong
