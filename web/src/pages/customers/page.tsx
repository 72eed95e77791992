import "./customers.css";
import type { PageProps } from "../../routes";
import { OneCustomer } from "./customer";
import { CustomerList } from "./list";

export default function Customers({ parts }: PageProps) {
  const id = parts[0];
  return id ? <OneCustomer key={id} id={id} /> : <CustomerList />;
}
