import "./partners.css";
import type { PageProps } from "../../routes";
import { List } from "./list";
import { One } from "./one";

export default function Partners({ parts }: PageProps) {
  const [origin] = parts;
  return origin ? <One key={origin} origin={origin} /> : <List />;
}
