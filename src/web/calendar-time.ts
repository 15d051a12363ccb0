/** An instant as people and scripts read it on the pages. */

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Local time in the form of C's `ctime`, `Sun Nov  2 14:44:09 2026`. `at` is in epoch milliseconds. */
export function calendarTime(at: number): string {
  const date = new Date(at);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
  const day = String(date.getDate()).padStart(2, ' ');
  return `${weekdays[date.getDay()]} ${months[date.getMonth()]} ${day} ${clock} ${date.getFullYear()}`;
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');
