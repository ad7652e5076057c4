import { type Random, seededRandom } from '../../../local/generate/random.ts';
import { firstNames, lastNames } from '../../../local/generate/words.ts';

/** One column of a banking file: its values by row, and what is true of it. */
type Column = {
  readonly value: (row: number, random: Random) => string;
  readonly type: string;
  /** Some values are empty. */
  readonly optional?: true;
  readonly pii?: true;
};

/** A file as a bank exports it, with the truth beside it. */
export type BankingFile = {
  readonly columns: Readonly<Record<string, Column>>;
  readonly key: readonly string[];
};

const pad = (number: number, width: number): string => String(number).padStart(width, '0');
const cents = (random: Random, most: number): string =>
  `${random.between(0, most)}.${pad(random.below(100), 2)}`;

const id: Column = { value: (row) => String(row + 1), type: 'int' };
const reference = (most: number): Column => ({
  value: (_, random) => String(random.between(1, most)),
  type: 'int',
});
const count = reference;
const digits = (width: number): Column => ({
  value: (_, random) => Array.from({ length: width }, () => random.below(10)).join(''),
  type: 'string',
});
const day = (random: Random): string =>
  `20${random.between(10, 24)}-${pad(random.between(1, 12), 2)}-${pad(random.between(1, 28), 2)}`;
const time = (random: Random): string =>
  [random.below(24), random.below(60), random.below(60)].map((part) => pad(part, 2)).join(':');
const date: Column = { value: (_, random) => day(random), type: 'date' };
const moment: Column = { value: (_, random) => `${day(random)} ${time(random)}`, type: 'timestamp' };
const oneOf = (...texts: string[]): Column => ({ value: (_, random) => random.pick(texts), type: 'string' });
const amount = (most: number): Column => ({
  value: (_, random) => cents(random, most),
  type: 'decimal(18,2)',
});
const signedAmount: Column = {
  value: (_, random) =>
    random.chance(0.05)
      ? '0'
      : `${random.chance(0.5) ? '-' : ''}${random.between(1, 9000)}.${pad(random.below(100), 2)}`,
  type: 'decimal(18,2)',
};
const rate: Column = {
  value: (_, random) => `${random.between(0, 19)}.${random.between(1, 99)}`,
  type: 'decimal(18,4)',
};
const yesNo = oneOf('Y', 'N');
const bool: Column = { value: (_, random) => random.pick(['true', 'false']), type: 'bool' };
const zeroOne: Column = { value: (_, random) => random.pick(['0', '1']), type: 'int' };
const words = [
  'late fee',
  'said "no"',
  'moved | away',
  "O'Neil's card",
  'überwiesen',
  'ok',
  'paid 50 % back',
];
const text: Column = {
  value: (_, random) => `${random.pick(words)}, ${random.pick(words)} ${random.below(500)}`,
  type: 'string',
};
const firstName: Column = { value: (_, random) => random.pick(firstNames), type: 'string', pii: true };
const lastName: Column = { value: (_, random) => random.pick(lastNames), type: 'string', pii: true };
const street: Column = {
  value: (_, random) => `${random.below(300)} ${random.pick(lastNames)} Street`,
  type: 'string',
  pii: true,
};
const iban: Column = {
  value: (_, random) => `DE${pad(random.below(100), 2)}${digits(18).value(0, random)}`,
  type: 'string',
  pii: true,
};
const postal: Column = { ...digits(5), pii: true };
const accountNumber: Column = {
  value: (row, random) => `00${pad(row, 5)}${digits(3).value(row, random)}`,
  type: 'string',
  pii: true,
};
const sometimes = (column: Column, share = 0.3): Column => ({
  ...column,
  value: (row, random) => (random.chance(share) ? '' : column.value(row, random)),
  optional: true,
});
const named = (prefix: string, width: number): Column => ({
  value: (row) => `${prefix}${pad(row + 1, width)}`,
  type: 'string',
});
const empty: Column = { value: () => '', type: 'string', optional: true };
const calendar = (row: number): Date => new Date(Date.UTC(2020, 0, 1 + row));
const fromCalendar = (read: (date: Date) => string | number, type: string): Column => ({
  value: (row) => String(read(calendar(row))),
  type,
});
const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Sixteen files of a bank, by the name of their dataset. */
export const bankingFiles: Readonly<Record<string, BankingFile>> = {
  customers: {
    key: ['customer_id'],
    columns: {
      customer_id: id,
      first_name: firstName,
      last_name: lastName,
      date_of_birth: { ...date, pii: true },
      gender: oneOf('M', 'F'),
      email: { value: (row) => `user${row}@example.com`, type: 'string', pii: true },
      phone: { value: (_, random) => `+49 30 ${digits(7).value(0, random)}`, type: 'string', pii: true },
      national_id: { ...digits(11), pii: true },
      postal_code: postal,
      country_code: oneOf('DE', 'FR', 'GB', 'US'),
      credit_score: count(850),
      annual_income: amount(200_000),
      is_active: zeroOne,
      marketing_opt_in: yesNo,
      created_at: moment,
      middle_name: sometimes(firstName, 0.7),
      fax: { ...empty, pii: true },
    },
  },
  accounts: {
    key: ['account_id'],
    columns: {
      account_id: id,
      customer_id: reference(300),
      account_number: accountNumber,
      iban,
      account_type: oneOf('CHECKING', 'SAVINGS', 'LOAN'),
      currency: oneOf('EUR', 'USD', 'GBP'),
      balance: signedAmount,
      overdraft_limit: amount(5000),
      interest_rate: rate,
      opened_date: date,
      closed_date: sometimes(date, 0.8),
      is_joint: bool,
      branch_code: { value: (_, random) => pad(random.below(999), 4), type: 'string' },
      account_holder: {
        value: (_, random) => `${random.pick(firstNames)} ${random.pick(lastNames)}`,
        type: 'string',
        pii: true,
      },
    },
  },
  dates: {
    key: ['date_key'],
    columns: {
      date_key: fromCalendar((date) => date.toISOString().slice(0, 10).replaceAll('-', ''), 'int'),
      full_date: fromCalendar((date) => date.toISOString().slice(0, 10), 'date'),
      day_name: fromCalendar((date) => dayNames[date.getUTCDay()] ?? '', 'string'),
      month_name: fromCalendar((date) => ['January', 'February'][date.getUTCMonth()] ?? 'March', 'string'),
      day_of_week: fromCalendar((date) => date.getUTCDay(), 'int'),
      month: fromCalendar((date) => date.getUTCMonth() + 1, 'int'),
      quarter: fromCalendar((date) => `Q${Math.floor(date.getUTCMonth() / 3) + 1}`, 'string'),
      year: fromCalendar((date) => date.getUTCFullYear(), 'int'),
      year_month: fromCalendar((date) => date.toISOString().slice(0, 7), 'string'),
      is_weekend: fromCalendar((date) => ([0, 6].includes(date.getUTCDay()) ? 1 : 0), 'int'),
      is_holiday: fromCalendar((date) => (date.getUTCDate() === 1 ? 'Y' : 'N'), 'string'),
    },
  },
  loans: {
    key: ['loan_id'],
    columns: {
      loan_id: named('LN-', 8),
      account_id: reference(300),
      loan_amount: { value: (_, random) => String(random.between(10, 900) * 1000), type: 'decimal(18,2)' },
      interest_rate: rate,
      term_months: { ...oneOf('12', '24', '36', '60'), type: 'int' },
      start_date: date,
      end_date: date,
      status: oneOf('ACTIVE', 'CLOSED', 'DEFAULT'),
      ltv: { value: (_, random) => `0.${pad(random.between(1, 9999), 4)}`, type: 'decimal(18,4)' },
      purpose: text,
    },
  },
  transactions: {
    key: ['transaction_id'],
    columns: {
      transaction_id: { value: (row) => String(9_000_000_000 + row), type: 'int' },
      account_id: reference(300),
      transaction_time: moment,
      amount: signedAmount,
      currency_code: oneOf('EUR', 'USD'),
      merchant_name: sometimes(oneOf('Shop A', 'Shop B')),
      description: sometimes(text, 0.1),
      balance_after: signedAmount,
      card_number: { ...digits(16), pii: true },
      fraud_flag: zeroOne,
      channel: oneOf('ATM', 'WEB', 'APP'),
      reference_number: {
        value: (row, random) => `${9 + random.below(80)}${digits(20).value(row, random)}`,
        type: 'string',
      },
    },
  },
  balances: {
    key: ['account_id', 'balance_date'],
    columns: {
      account_id: { value: (row) => String((row % 20) + 1), type: 'int' },
      balance_date: fromCalendar((date) => date.toISOString().slice(0, 10), 'date'),
      opening_balance: signedAmount,
      closing_balance: signedAmount,
      currency: oneOf('EUR'),
      days_overdrawn: zeroOne,
    },
  },
  addresses: {
    key: ['address_id'],
    columns: {
      address_id: id,
      customer_id: reference(300),
      address_line1: street,
      address_line2: { ...sometimes(street, 0.9), pii: true },
      city: oneOf('Berlin', 'Lyon', 'Łódź'),
      state: sometimes(oneOf('NY', 'CA')),
      zip: postal,
      country: oneOf('DE', 'US'),
      latitude: {
        value: (_, random) => `${random.between(-89, 89)}.${digits(6).value(0, random)}`,
        type: 'float',
      },
      valid_from: date,
    },
  },
  branches: {
    key: ['branch_id'],
    columns: {
      branch_id: id,
      branch_name: named('Branch ', 3),
      sort_code: {
        value: (_, random) => `${random.between(10, 99)}-${random.between(10, 99)}-${random.between(10, 99)}`,
        type: 'string',
      },
      swift_code: oneOf('DEUTDEFF', 'BNPAFRPP'),
      manager_name: {
        value: (_, random) => `${random.pick(firstNames)} ${random.pick(lastNames)}`,
        type: 'string',
        pii: true,
      },
      phone_number: {
        value: (_, random) => `0${random.between(100, 999)}${digits(6).value(0, random)}`,
        type: 'string',
        pii: true,
      },
      opened_on: date,
      employees: count(40),
    },
  },
  cards: {
    key: ['card_id'],
    columns: {
      card_id: id,
      card_number: { value: (_, random) => `4${digits(15).value(0, random)}`, type: 'string', pii: true },
      expiry: {
        value: (_, random) => `${pad(random.between(1, 12), 2)}/${random.between(24, 30)}`,
        type: 'string',
      },
      cvv: { value: (_, random) => pad(random.below(1000), 3), type: 'string', pii: true },
      credit_limit: { value: (_, random) => String(random.between(1, 20) * 500), type: 'decimal(18,2)' },
      is_blocked: { value: (_, random) => random.pick(['True', 'False']), type: 'bool' },
      issued_at: { value: (_, random) => `${day(random)}T${time(random)}Z`, type: 'timestamp' },
    },
  },
  employees: {
    key: ['employee_id'],
    columns: {
      employee_id: named('E', 5),
      full_name: {
        value: (_, random) => `${random.pick(lastNames)}, ${random.pick(firstNames)}`,
        type: 'string',
        pii: true,
      },
      salary: { value: (_, random) => String(random.between(20, 90) * 1000), type: 'decimal(18,2)' },
      hired: date,
      ssn: {
        value: (_, random) =>
          `${random.between(100, 999)}-${random.between(10, 99)}-${random.between(1000, 9999)}`,
        type: 'string',
        pii: true,
      },
      manager_id: sometimes(named('E', 5)),
    },
  },
  exchange_rates: {
    key: ['currency_id', 'rate_date'],
    columns: {
      currency_id: { value: (row) => ['EUR', 'USD', 'GBP'][row % 3] ?? '', type: 'string' },
      rate_date: {
        value: (row) =>
          calendar(Math.floor(row / 3))
            .toISOString()
            .slice(0, 10),
        type: 'date',
      },
      exchange_rate: { value: (_, random) => `1.${random.between(1, 99_999)}`, type: 'decimal(18,5)' },
      volatility: {
        value: (_, random) =>
          `${random.between(1, 9)}.${digits(7).value(0, random)}e-0${random.between(1, 9)}`,
        type: 'float',
      },
    },
  },
  loan_payments: {
    key: ['loan_id', 'installment_number'],
    columns: {
      loan_id: { value: (row) => String(Math.floor(row / 12) + 1), type: 'int' },
      installment_number: { value: (row) => String((row % 12) + 1), type: 'int' },
      principal: amount(900),
      interest: amount(90),
      paid_late: yesNo,
    },
  },
  products: {
    key: ['product_code'],
    columns: {
      product_code: named('PRD', 4),
      product_name: named('Product ', 3),
      name: text,
      monthly_fee: { value: (_, random) => random.pick(['0', '4.9', '12.50']), type: 'decimal(18,2)' },
      weight: { value: (_, random) => random.pick(['1', '1.5', '2.25']), type: 'decimal(18,2)' },
      retired: bool,
    },
  },
  merchants: {
    key: ['merchant_id'],
    columns: {
      merchant_id: { value: (row) => `3f2504e0-4f89-41d3-9a0c-${pad(row, 12)}`, type: 'string' },
      merchant_name: text,
      category_code: { value: (_, random) => String(random.between(1000, 9999)), type: 'int' },
      updated: {
        value: (_, random) => `${day(random)} ${time(random)}.${digits(6).value(0, random)}`,
        type: 'timestamp',
      },
    },
  },
  standing_orders: {
    key: ['order_id'],
    columns: {
      order_id: id,
      account_to: { value: (_, random) => pad(random.below(99_999_999), 8), type: 'string' },
      bank_to: oneOf('AB', 'CD', 'EF'),
      amount: {
        value: (_, random) => `${random.between(10, 9000)}.${random.below(10)}`,
        type: 'decimal(18,2)',
      },
      order: oneOf('FIRST', 'LAST'),
      next_run: { value: (_, random) => day(random).split('-').reverse().join('/'), type: 'string' },
    },
  },
  complaints: {
    key: ['complaint_id'],
    columns: {
      complaint_id: id,
      customer_email: { value: (row) => `c.${row}@bank.example`, type: 'string', pii: true },
      complaint_text: text,
      severity: { value: (_, random) => random.pick(['1', '2', '3']), type: 'int' },
      resolved_in_days: sometimes({ value: (_, random) => String(random.below(90)), type: 'int' }),
      compensation: sometimes({ value: (_, random) => `${random.below(500)}.00`, type: 'decimal(18,2)' }),
      closed: sometimes(yesNo),
    },
  },
};

const field = (text: string): string => (/["|\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The text of a banking file with pipes between its fields; the same seed gives the same text. */
export const bankingText = ({ columns }: BankingFile, rows: number, seed: number): string => {
  const random = seededRandom(seed);
  const lines = Array.from({ length: rows }, (_, row) =>
    Object.values(columns)
      .map(({ value }) => field(value(row, random)))
      .join('|'),
  );
  return [Object.keys(columns).join('|'), ...lines, ''].join('\n');
};
