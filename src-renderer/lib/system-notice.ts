/** A message of the system about a run that ended while its person was elsewhere, where the system allows it. Runs in the window. */
import type { RunRecord } from '../../src-main/contract/schema/run.ts';

/** A run that takes longer is one that a person turns away from. */
const LONG_MS = 60_000;

/** `null`: there are none here. */
export function noticePermission(): NotificationPermission | null {
  return 'Notification' in window ? Notification.permission : null;
}

export async function askForNotices(): Promise<NotificationPermission> {
  return Notification.requestPermission();
}

/** Whether a person is likely to have turned away from it. Pure. */
export function isLongRun({ startedAt, endedAt }: Pick<RunRecord, 'startedAt' | 'endedAt'>): boolean {
  return startedAt !== null && endedAt !== null && Date.parse(endedAt) - Date.parse(startedAt) >= LONG_MS;
}

/** Tells it unless the window is in front. */
export function showNotice(
  run: RunRecord,
  words: { title: string; text: string; link: { href: string } },
): void {
  if (noticePermission() !== 'granted' || !isLongRun(run) || document.hasFocus()) return;
  const notice = new Notification(words.title, { body: words.text, tag: `run-${run.id}` });
  notice.onclick = () => {
    window.focus();
    location.hash = words.link.href;
    notice.close();
  };
}
