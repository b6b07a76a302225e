#!/bin/sh
# What a timer does, where there is no systemd: every five minutes, every hour, every day. Each command may run twice.
turn=0
while true; do
  python manage.py send_notices
  python manage.py send_typo_answers
  python manage.py resend_confirmations
  if [ $((turn % 12)) -eq 0 ]; then
    python manage.py update_rates
  fi
  if [ $((turn % 288)) -eq 0 ]; then
    python manage.py fold_reads
    python manage.py purge_pending
    python manage.py clearsessions
    python manage.py prune_db_task_results
  fi
  turn=$((turn + 1))
  sleep 300
done
