import { accountWords } from "../../i18n/account";
import { useWords } from "../../i18n/words";
import { TextField } from "../../ui/field";

// A new password twice. Faults show once somebody has tried to send it.
export function NewPassword({
  label,
  repeatLabel,
  password,
  repeated,
  fault,
  differs,
  onPassword,
  onRepeated,
}: {
  label: string;
  repeatLabel: string;
  password: string;
  repeated: string;
  fault: string | undefined;
  differs: boolean;
  onPassword: (password: string) => void;
  onRepeated: (repeated: string) => void;
}) {
  const t = useWords(accountWords);
  return (
    <>
      <TextField
        label={label}
        hint={t.passwordHint}
        error={fault}
        type="password"
        value={password}
        onValue={onPassword}
        autocomplete="new-password"
        required
      />
      <TextField
        label={repeatLabel}
        error={differs ? t.passwordsDiffer : undefined}
        type="password"
        value={repeated}
        onValue={onRepeated}
        autocomplete="new-password"
        required
      />
    </>
  );
}
