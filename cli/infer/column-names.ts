/** What the words in a column's name say about its values. */

/** Words of a name in lower case: `customerID`, `Customer ID` and `customer_id` give `customer` and `id`. */
export const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

const list = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const money = list(
  'amount amt balance bal price fee fees cost costs salary income wage revenue payment payments principal credit debit charge charges premium tax total subtotal value limit deposit deposits withdrawal outstanding installment instalment budget profit turnover collateral net gross equity debt exposure spend spent sales interest overdraft',
);
const plainMoney = list(
  'amount amt balance bal price fee fees cost costs salary income wage revenue principal deposit outstanding installment instalment premium limit payment payments debt budget profit turnover overdraft collateral',
);
const rates = list('rate apr apy percent percentage pct ratio ltv margin yield');
const counting = list(
  'count counts num number no nr id ids key code score day days month months year years term terms type qty quantity age rank seq sequence index version status transactions accounts items',
);
const signed = list(
  'balance bal amount amt net change delta adjustment difference profit margin value total score rate interest apr yield return latitude longitude lat lon lng temperature offset',
);
const places = list('latitude longitude lat lon lng long');
const flags = list('flag flg indicator ind yn is has active enabled deleted');
const ids = list('id ids key uuid guid number no nr num code iban sk pk ref reference');

const has = (name: string, words: ReadonlySet<string>): boolean =>
  wordsOf(name).some((word) => words.has(word));

/** Money or similar: may have decimals even if the sample has none. */
export const isMoney = (name: string): boolean => has(name, money) && !has(name, counting);

/** Certainly money: whole numbers alone do not make it a count. */
export const isPlainMoney = (name: string): boolean => has(name, plainMoney) && !has(name, counting);

/** A rate or a share. */
export const isRate = (name: string): boolean => has(name, rates) && !has(name, counting);

/** A degree of latitude or longitude. */
export const isPlace = (name: string): boolean => has(name, places);

/** May be negative even if the sample has no negative value. */
export const isSigned = (name: string): boolean => has(name, signed);

/** A statement that is true or false. */
export const isFlag = (name: string): boolean => has(name, flags);

/** Identifies rows or things. */
export const isIdentifier = (name: string): boolean => {
  const words = wordsOf(name);
  return ids.has(words.at(-1) ?? '') || (words.at(-1) ?? '').endsWith('id');
};

const joined = (name: string): string => ` ${wordsOf(name).join(' ')} `;

const digitTexts: readonly (readonly [string, RegExp])[] = [
  ['a postal code', / (zip|zipcode|postcode|postal|plz|zip4)( |code)/],
  ['an account number', / (account|acct|acc|iban) ?(number|no|nr|num) | (accountnumber|accountno|iban) /],
  ['the end of a card number', / last ?(4|four) /],
  ['a card number', / (card|cc|pan) ?(number|no|nr|num) | (cardnumber|pan) /],
  [
    'a phone number',
    / contact (number|no) | (phone|telephone|tel|mobile|cell|fax|phonenumber|cellphone|msisdn)( |[0-9])/,
  ],
  [
    'a national or tax number',
    / (ssn|sin|nino|ein|vat|tin|cpf|cnpj|passport|national id|nationalid|national number|tax id|taxid|tax number|social security|identity number|id card|license number|licence number) /,
  ],
  ['a bank code', / (routing|aba|sort code|sortcode|bic|swift|blz|bsb|ifsc|transit number)( |code|number)/],
];

/** What a number is that nobody calculates with, such as `a postal code`; undefined for other names. */
export const digitText = (name: string): string | undefined =>
  digitTexts.find(([, pattern]) => pattern.test(joined(name)))?.[0];

const thingNames =
  /(?:^| )(?:day|month|weekday|quarter|season|branch|bank|product|city|country|state|region|district|county|category|type|file|company|merchant|column|status|track|album|artist|artists|genre|song|event|currency|department|job|role|loan|account|plan|segment|channel|store|institution|organisation|organization|business|employer|dataset|table|holiday|device|host|domain|brand|vendor|market|group|team|project|campaign|field|class|course|school|street|place|town) name(?: |$)/;

const personal: readonly (readonly [string, RegExp])[] = [
  ['mail addresses', / (e ?mail|mail)( address)? /],
  [
    'phone numbers',
    / contact (number|no|phone) | (phone|telephone|tel|mobile|cell|fax|phonenumber|cellphone|msisdn)( |[0-9])/,
  ],
  ['birth dates', / (birth|birthdate|birthday|dob|born|date of birth|birth date) /],
  [
    'names of persons',
    / (first name|firstname|last name|lastname|surname|forename|given name|family name|middle name|middlename|maiden name|full name|fullname|user name|username|nickname|holder|account holder|cardholder|beneficiary|payee|payer|owner|guarantor|counterparty name|contact( person| name)?|employee name|manager name|customer name|client name) /,
  ],
  [
    'parts of addresses',
    / (address|addr|street|street name|address[0-9]|address line|house number|zip|zipcode|postcode|postal code|postal|plz|apartment) /,
  ],
  [
    'national or tax numbers',
    / (ssn|sin|nino|tin|cpf|passport|national id|nationalid|national number|tax id|taxid|social security|identity number|id card|driver license|license number) /,
  ],
  [
    'account or card numbers',
    / (iban|account number|account no|acct number|accountnumber|card number|cardnumber|card no|pan|credit card|cvv) /,
  ],
  ['network addresses', / (ip|ip address|ipaddress|mac address) /],
];

/** The kind of personal data that a column's name suggests, such as `mail addresses`; undefined if none. */
export const personalName = (name: string, dataset: string): string | undefined => {
  const words = joined(name);
  const found = personal.find(([, pattern]) => pattern.test(words))?.[0];
  if (found !== undefined) return isDerived(words) ? undefined : found;
  const whole = words === ' name ' ? ` ${singular(wordsOf(dataset).at(-1) ?? '')} name ` : words;
  return / name $/.test(whole) && !thingNames.test(whole) ? 'names of persons' : undefined;
};

const singular = (word: string): string =>
  word
    .replace(/ies$/, 'y')
    .replace(/(ch|sh|s|x)es$/, '$1')
    .replace(/([^s])s$/, '$1');

/** Words for facts about such data (an id, a count, a flag), which are not personal themselves. */
const isDerived = (words: string): boolean =>
  / (id|key|count|verified|type|flag|is|has|opt|provider|domain|created|updated|since|hash) /.test(words) &&
  !/ (tax id|national id|id card) /.test(words);
