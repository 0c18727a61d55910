import { Boxes, ChartColumn, History, Plus, Waypoints } from "lucide-react";

/** The pages of the navigation, in its order. `key` is the second of two keys that lead there, after `g`. */
export const PLACES = [
  { to: "/", name: "Fleet", key: "f", icon: Waypoints },
  { to: "/new", name: "New task", key: "n", icon: Plus },
  { to: "/history", name: "History", key: "h", icon: History },
  { to: "/costs", name: "Costs", key: "c", icon: ChartColumn },
  { to: "/agents", name: "Agents", key: "a", icon: Boxes },
] as const;
