import "./incidents.css";
import { COUNTER } from "../../roles";
import type { PageProps } from "../../routes";
import { useMay } from "../../session";
import { FileIncident } from "./file";
import { OneIncident } from "./incident";
import { IncidentList } from "./list";

export default function Incidents({ parts }: PageProps) {
  const mayFile = useMay(COUNTER);
  const id = parts[0];
  if (id === "new" && mayFile) return <FileIncident />;
  if (id && id !== "new") return <OneIncident key={id} id={id} />;
  return <IncidentList />;
}
