// The screens, and which of them the navigation shows.

import type { LucideIcon } from "@lucide/svelte";
import Activity from "@lucide/svelte/icons/activity";
import Banknote from "@lucide/svelte/icons/banknote";
import Building2 from "@lucide/svelte/icons/building-2";
import ChartColumn from "@lucide/svelte/icons/chart-column";
import ChartNoAxesColumn from "@lucide/svelte/icons/chart-no-axes-column";
import HeartPulse from "@lucide/svelte/icons/heart-pulse";
import Inbox from "@lucide/svelte/icons/inbox";
import KeyRound from "@lucide/svelte/icons/key-round";
import Link2 from "@lucide/svelte/icons/link-2";
import Scale from "@lucide/svelte/icons/scale";
import Settings from "@lucide/svelte/icons/settings";
import ShoppingBag from "@lucide/svelte/icons/shopping-bag";
import Tags from "@lucide/svelte/icons/tags";
import Users from "@lucide/svelte/icons/users";
import type { Component } from "svelte";
import type { Key } from "./i18n.svelte.ts";

export type Params = Readonly<Record<string, string>>;
type Screen = Component<{ params: Params }>;

/** Loads a screen. One that takes no parameters ignores them. */
const screen = (load: () => Promise<{ default: unknown }>) => load as () => Promise<{ default: Screen }>;

export interface Route {
  readonly pattern: string;
  readonly load: () => Promise<{ default: Screen }>;
}

/** The first that fits counts. */
export const routes: readonly Route[] = [
  { pattern: "/", load: screen(() => import("../screens/overview/Overview.svelte")) },
  { pattern: "/start", load: screen(() => import("../screens/start/Start.svelte")) },
  { pattern: "/live", load: screen(() => import("../screens/live/Live.svelte")) },
  { pattern: "/explain", load: screen(() => import("../screens/explain/Explain.svelte")) },
  { pattern: "/postbacks", load: screen(() => import("../screens/postbacks/Postbacks.svelte")) },
  { pattern: "/clicks/:id", load: screen(() => import("../screens/explain/ClickExplained.svelte")) },
  { pattern: "/links", load: screen(() => import("../screens/links/Links.svelte")) },
  { pattern: "/links/new", load: screen(() => import("../screens/links/LinkEditor.svelte")) },
  { pattern: "/links/:id", load: screen(() => import("../screens/links/LinkDetail.svelte")) },
  { pattern: "/links/:id/edit", load: screen(() => import("../screens/links/LinkEditor.svelte")) },
  { pattern: "/codes", load: screen(() => import("../screens/codes/Codes.svelte")) },
  { pattern: "/codes/new", load: screen(() => import("../screens/codes/CodeNew.svelte")) },
  { pattern: "/codes/:id", load: screen(() => import("../screens/codes/CodeDetail.svelte")) },
  { pattern: "/conversions", load: screen(() => import("../screens/conversions/Conversions.svelte")) },
  {
    pattern: "/conversions/:id",
    load: screen(() => import("../screens/conversions/ConversionDetail.svelte")),
  },
  { pattern: "/reports", load: screen(() => import("../screens/reports/Reports.svelte")) },
  { pattern: "/partners", load: screen(() => import("../screens/partners/Partners.svelte")) },
  { pattern: "/partners/:id", load: screen(() => import("../screens/partners/PartnerDetail.svelte")) },
  { pattern: "/payouts", load: screen(() => import("../screens/partners/Payouts.svelte")) },
  { pattern: "/payouts/:id", load: screen(() => import("../screens/partners/PayoutDetail.svelte")) },
  { pattern: "/reconciliation", load: screen(() => import("../screens/statements/Statements.svelte")) },
  {
    pattern: "/reconciliation/new",
    load: screen(() => import("../screens/statements/StatementImport.svelte")),
  },
  {
    pattern: "/reconciliation/:id",
    load: screen(() => import("../screens/statements/StatementDetail.svelte")),
  },
  { pattern: "/keys", load: screen(() => import("../screens/keys/Keys.svelte")) },
  { pattern: "/accounts", load: screen(() => import("../screens/keys/Accounts.svelte")) },
  { pattern: "/health", load: screen(() => import("../screens/settings/Health.svelte")) },
  { pattern: "/settings", load: screen(() => import("../screens/settings/Settings.svelte")) },
  { pattern: "/more", load: screen(() => import("../screens/settings/More.svelte")) },
];

export interface NavItem {
  readonly path: string;
  readonly label: Key;
  readonly icon: LucideIcon;
  /** The letter after `g`. */
  readonly key?: string;
  /** Scope without which the item is left out. */
  readonly scope?: string;
}

export interface NavGroup {
  readonly label: Key;
  readonly items: readonly NavItem[];
}

export const navigation: readonly NavGroup[] = [
  {
    label: "nav.watch",
    items: [
      { path: "/", label: "nav.overview", icon: ChartNoAxesColumn, key: "o" },
      { path: "/reports", label: "nav.reports", icon: ChartColumn, key: "r" },
      { path: "/live", label: "nav.live", icon: Activity, key: "w" },
      { path: "/postbacks", label: "nav.postbacks", icon: Inbox, key: "h" },
      { path: "/conversions", label: "nav.conversions", icon: ShoppingBag, key: "c" },
    ],
  },
  {
    label: "nav.setup",
    items: [
      { path: "/links", label: "nav.links", icon: Link2, key: "l" },
      { path: "/codes", label: "nav.codes", icon: Tags, key: "d" },
    ],
  },
  {
    label: "nav.money",
    items: [
      { path: "/partners", label: "nav.partners", icon: Users, key: "p" },
      { path: "/payouts", label: "nav.payouts", icon: Banknote, key: "y" },
      { path: "/reconciliation", label: "nav.reconciliation", icon: Scale, key: "t" },
    ],
  },
  {
    label: "nav.account",
    items: [
      { path: "/keys", label: "nav.keys", icon: KeyRound, key: "k" },
      { path: "/accounts", label: "nav.accounts", icon: Building2, key: "a", scope: "admin" },
      { path: "/health", label: "nav.health", icon: HeartPulse, key: "e" },
      { path: "/settings", label: "nav.settings", icon: Settings, key: "s" },
    ],
  },
];

/** Returns true if a path is that of the item, or below it. */
export function isWithin(item: NavItem, path: string): boolean {
  return item.path === "/" ? path === "/" : path === item.path || path.startsWith(`${item.path}/`);
}
