# A whole year at a small bank, with all that makes customers do otherwise: salaries, carnival, Easter, a fair, the weeks
# before Christmas, holidays abroad, cash machines whose chip readers fail, cards that are new and cards that rest for
# months, limits raised for customers who ask for it. Nothing in it is wrong. Few a day, so that a whole year can be played.
title An innocent year at a small bank
start 2026-01-01 00:00
minutes 525600
rate 0.02/s
cards 2000
atms 40
shops 200
habits usual
abroad 6%
stripe 0.3%
new_cards 8%
resting 10%
changes every 4h
troubles usual
skew core ahead 35ms
echo 30min

busy at 701:00 for 40h traffic 1.8x cash 45%   # salaries, 2026-01-30
busy at 1373:00 for 40h traffic 1.8x cash 45%   # salaries, 2026-02-27
busy at 2141:00 for 40h traffic 1.8x cash 45%   # salaries, 2026-03-31
busy at 2861:00 for 40h traffic 1.8x cash 45%   # salaries, 2026-04-30
busy at 3557:00 for 40h traffic 1.8x cash 45%   # salaries, 2026-05-29
busy at 4325:00 for 40h traffic 1.8x cash 45%   # salaries, 2026-06-30
busy at 5069:00 for 40h traffic 1.8x cash 45%   # salaries, 2026-07-31
busy at 5813:00 for 40h traffic 1.8x cash 45%   # salaries, 2026-08-31
busy at 6533:00 for 40h traffic 1.8x cash 45%   # salaries, 2026-09-30
busy at 7253:00 for 40h traffic 1.8x cash 45%   # salaries, 2026-10-30
busy at 7997:00 for 40h traffic 1.8x cash 45%   # salaries, 2026-11-30
busy at 8741:00 for 40h traffic 1.8x cash 45%   # salaries, 2026-12-31
busy at 1016:00 for 120h traffic 1.6x cash 50%   # carnival
busy at 2216:00 for 80h traffic 1.3x cash 40%   # Easter
busy at 6272:00 for 380h traffic 1.4x cash 50%   # a fair of two weeks
busy at 7952:00 for 620h traffic 1.5x   # before Christmas
travel at 1056:00 for 240h share 12%
travel at 2064:00 for 400h share 14%
travel at 4344:00 for 750h share 25%
travel at 5088:00 for 740h share 25%
travel at 8472:00 for 280h share 15%
chip_fault atm 3 at 463:00 for 9h
chip_fault atm 11 at 1614:00 for 30h
chip_fault atm 17 at 3400:00 for 50h
chip_fault atm 3 at 4637:00 for 6h
chip_fault atm 23 at 5769:00 for 28h
chip_fault atm 30 at 6656:00 for 12h
chip_fault atm 8 at 7935:00 for 64h
chip_fault atm 11 at 8550:00 for 20h
