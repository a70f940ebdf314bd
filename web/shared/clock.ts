const WEEKDAYS = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];

/** "14:05" */
export function timeOfDay(at: Date): string {
  return `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
}

/** "14:05" today, "昨天 14:05", "周三 14:05" within a week, "11月21日 14:05", or with the year before this one. */
export function moment(at: Date, now: Date): string {
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  const time = timeOfDay(at);
  if (days === 0) {
    return time;
  }
  if (days === 1) {
    return `昨天 ${time}`;
  }
  if (days > 1 && days < 7) {
    return `${WEEKDAYS[at.getDay()]} ${time}`;
  }
  const day = `${at.getMonth() + 1}月${at.getDate()}日 ${time}`;
  return at.getFullYear() === now.getFullYear() ? day : `${at.getFullYear()}年${day}`;
}

/** "3 分钟", "2 小时 5 分钟", "4 天"; below a minute "不到 1 分钟". */
export function duration(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  if (minutes < 1) {
    return "不到 1 分钟";
  }
  if (minutes < 60) {
    return `${minutes} 分钟`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    return minutes % 60 === 0 ? `${hours} 小时` : `${hours} 小时 ${minutes % 60} 分钟`;
  }
  return `${Math.floor(hours / 24)} 天`;
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
