// Icons as lines on a 24 by 24 grid. They say nothing to screen readers: words stand beside them.
import type { ComponentType } from "preact";

export type Icon = ComponentType<{ size?: number; class?: string }>;

function icon(...paths: string[]): Icon {
  return ({ size = 20, class: name }) => (
    <svg
      class={name}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.9"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {paths.map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}

const RING = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z";

export const IconAccept = icon(RING, "m8 12.3 2.7 2.7L16 9.5");
export const IconDeposit = icon(RING, "M12 3v18", "M12 8h7.7M12 12h9M12 16h7.7");
export const IconPrepay = icon(
  "M4.5 6h15A1.5 1.5 0 0 1 21 7.500v9a1.5 1.5 0 0 1-1.5 1.500h-15A1.5 1.5 0 0 1 3 16.500v-9A1.5 1.5 0 0 1 4.5 6Z",
  "M12 9.600a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.800Z",
  "M6.5 12h.01M17.5 12h.01",
);
export const IconReview = icon(RING, "M9.6 9.500a2.5 2.5 0 1 1 3.6 2.250c-.8.4-1.2.9-1.2 1.750", "M12 16.500h.01");
export const IconDecline = icon("M8.3 3h7.400L21 8.300v7.400L15.7 21H8.300L3 15.700V8.300L8.3 3Z", "m9 9 6 6m0-6-6 6");

export const IconAccount = icon("M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z", "M4.5 20.500c1.2-3.4 4-5 7.5-5s6.3 1.6 7.5 5");
export const IconArrow = icon("M5 12h14m-6-6 6 6-6 6");
export const IconBack = icon("M19 12H5m6-6-6 6 6 6");
export const IconCalendar = icon("M5 5.500h14V20H5V5.500Z", "M5 10h14M8.5 3v4m7-4v4");
export const IconCheck = icon("m5 12.5 4.5 4.500L19 7.5");
export const IconChevron = icon("m9 6 6 6-6 6");
export const IconClock = icon(RING, "M12 7.500V12l3 2");
export const IconClose = icon("m6 6 12 12M18 6 6 18");
export const IconCopy = icon("M9 9h11v11H9V9Z", "M5.5 15H4V4h11v1.5");
export const IconCounter = icon("M4 10.5 5.5 5h13l1.5 5.5", "M4 10.500h16V20H4v-9.500Z", "M9.5 20v-5h5v5");
export const IconCustomers = icon(
  "M9 11.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z",
  "M2.5 19.500c.9-3 3.3-4.5 6.5-4.500s5.6 1.5 6.5 4.5",
  "M15.5 4.900a3.5 3.5 0 0 1 0 6.300M18 15.500c1.8.7 3 2 3.5 4",
);
export const IconDownload = icon("M12 4v11m-4.5-4.500L12 15l4.5-4.5", "M4.5 19.500h15");
export const IconEdit = icon("m4 20 1-4L16.5 4.500l3 3L8 19l-4 1Z");
export const IconFile = icon("M6 3h8l4.5 4.500V21H6V3Z", "M14 3v5h4.5");
export const IconHold = icon("M6.5 3.500h11M6.5 20.500h11", "M8 3.500V8l4 4 4-4V3.5", "M8 20.500V16l4-4 4 4v4.5");
export const IconIncident = icon("M5 21V4.5", "M5 5c4-2.5 7 2.5 14 0v9c-7 2.5-10-2.5-14 0");
export const IconInfo = icon(RING, "M12 11v5", "M12 8h.01");
export const IconKey = icon("M8 12a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z", "m11 13 8.5-8.500M16 8l3 3");
export const IconLanguage = icon(RING, "M3.5 12h17", "M12 3c-5 5.5-5 12.5 0 18 5-5.5 5-12.5 0-18Z");
export const IconLetter = icon("M3.5 6h17v12.500h-17V6Z", "m4 7 8 6 8-6");
export const IconLink = icon("M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-1.2 1.2", "M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.700l1.2-1.2");
export const IconLock = icon("M5.5 11h13v9.500h-13V11Z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3");
export const IconLog = icon("M5 4h14v16.500H5V4Z", "M8.5 8.500h7M8.5 12h7M8.5 15.500h4");
export const IconMenu = icon("M4 7h16M4 12h16M4 17h16");
export const IconMinus = icon("M5 12h14");
export const IconMore = icon("M5.5 12h.01M12 12h.01M18.5 12h.01");
export const IconOffline = icon("M4 4l16 16", "M8.5 15.500a5 5 0 0 1 5.5-1M5 12a10 10 0 0 1 4.5-2.600M19 12a10 10 0 0 0-4.5-2.7", "M12 19h.01");
export const IconOverview = icon("M4 20h16", "M7 16.500v-5M12 16.500V6M17 16.500v-8");
export const IconPartners = icon("M4 9.5 12 4l8 5.5", "M6 9v11h12V9", "M9.5 13.500h5");
export const IconPhone = icon("M7.5 3h9v18h-9V3Z", "M11 18h2");
export const IconPlus = icon("M12 5v14M5 12h14");
export const IconPolicy = icon("M5 7h8m4 0h2M5 12h2m4 0h8M5 17h6m4 0h4", "M15 5.300v3.400M9 10.300v3.400M13 15.300v3.4");
export const IconRefresh = icon("M20 11a8 8 0 0 0-14-4.500L4 8.5", "M4 4v4.500h4.5", "M4 13a8 8 0 0 0 14 4.500l2-2", "M20 20v-4.500h-4.5");
export const IconSearch = icon("M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z", "m15.5 15.5 5 5");
export const IconSettings = icon("M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z", "M12 3v3m0 12v3M3 12h3m12 0h3M5.6 5.600l2.1 2.100m8.6 8.6 2.1 2.100m0-12.8-2.1 2.100m-8.6 8.6-2.1 2.1");
export const IconShare = icon("M12 15V4m-4 4 4-4 4 4", "M5 12v8h14v-8");
export const IconSignOut = icon("M14 4.500H5v15h9", "M10 12h10m-3.5-3.500L20 12l-3.5 3.5");
export const IconSpinner = icon("M12 3a9 9 0 1 0 9 9");
export const IconTheme = icon(RING, "M12 3v18", "M12 7h6.500M12 12h9M12 17h6.5");
export const IconTrash = icon("M4.5 7h15", "M9.5 7V4h5v3", "M6.5 7l1 13.500h9l1-13.5");
export const IconUpload = icon("M12 15V4m-4.5 4.500L12 4l4.5 4.5", "M4.5 19.500h15");
export const IconUsers = IconCustomers;
export const IconWarning = icon("M12 4 2.8 20h18.400L12 4Z", "M12 10.500v4", "M12 17.300h.01");
