/** What a menu can hold. Pure. */
export type MenuEntry =
  | {
      readonly kind: 'action';
      readonly label: string;
      readonly onSelect: () => void;
      /** Something is lost by it; it asks first, so its label ends with "…". */
      readonly danger?: boolean;
      readonly disabled?: boolean;
    }
  | {
      readonly kind: 'check';
      readonly label: string;
      readonly checked: boolean;
      readonly onChange: (checked: boolean) => void;
    }
  | { readonly kind: 'separator' };
