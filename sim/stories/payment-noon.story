# One transfer on a busy day, of a size that others have too, digest and all; only nobody ordered it, and nobody was ever
# paid there.
title One forged payment at noon to a new corridor
start 2026-03-03 00:00
minutes 4320
payments 100 a_day customers 80
attack forged-payment at 34:40 amount 480000..520000 USD to HK
