# The bytes of genuine messages again, digest and number and all, a day later.
title Genuine messages replayed
start 2026-03-03 00:00
minutes 4320
payments 90 a_day customers 80
attack replayed-message at 58:00 for 1h messages 3
