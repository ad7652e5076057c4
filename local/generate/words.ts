/** The 113 genres of the streaming catalogue. */
export const genres =
  `acoustic afrobeat alt-rock alternative ambient anime black-metal bluegrass blues brazil breakbeat british
  cantopop chicago-house children chill classical club comedy country dance dancehall death-metal deep-house detroit-techno disco
  disney drum-and-bass dub dubstep edm electro electronic emo folk forro french funk garage german gospel goth grindcore groove
  grunge guitar happy hard-rock hardcore hardstyle heavy-metal hip-hop honky-tonk house idm indian indie indie-pop industrial
  iranian j-dance j-idol j-pop j-rock jazz k-pop kids latin latino malay mandopop metal metalcore minimal-techno mpb new-age opera
  pagode party piano pop pop-film power-pop progressive-house psych-rock punk punk-rock r-n-b reggae reggaeton rock rock-n-roll
  rockabilly romance sad salsa samba sertanejo show-tunes singer-songwriter ska sleep soul spanish study swedish synth-pop tango
  techno trance trip-hop turkish world-music`.split(/\s+/);

/** First names of listeners and of artists. */
export const firstNames = [
  ...[
    'Ada',
    'Amélie',
    'Anders',
    'Bea',
    'Carmen',
    'Chidi',
    'Dalia',
    'Emre',
    'Fatima',
    'Goran',
    'Hana',
    'Ines',
  ],
  ...[
    'Jonas',
    'Kenji',
    'Lena',
    'Luiz',
    'Maeve',
    'Nadia',
    'Olu',
    'Priya',
    'Quentin',
    'Rosa',
    'Søren',
    'Tariq',
  ],
  ...['Uma', 'Vera', 'Wei', 'Xenia', 'Yusuf', 'Zoë'],
];

/** Last names of listeners and of artists. */
export const lastNames = [
  ...['Abara', 'Berg', 'Castillo', 'Demir', 'Eriksen', 'Fontaine', 'García', 'Haddad', 'Ivanov', 'Jansen'],
  ...[
    'Kowalski',
    'Lindqvist',
    'Müller',
    'Nakamura',
    "O'Brien",
    'Petrov',
    'Quispe',
    'Rossi',
    'Silva',
    'Tanaka',
  ],
  ...['Ueda', 'Vargas', 'Walsh', 'Xu', 'Yılmaz', 'Zhang'],
];

/** Countries of listeners; one contains a comma. */
export const countries = [
  ...[
    'Argentina',
    'Australia',
    'Brazil',
    'Canada',
    "Côte d'Ivoire",
    'Denmark',
    'France',
    'Germany',
    'India',
    'Italy',
  ],
  ...['Japan', 'Korea, Republic of', 'Mexico', 'Nigeria', 'Poland', 'Spain', 'Türkiye', 'United Kingdom'],
];

/** First words of band, album and track names. */
export const qualities = [
  ...['Blue', 'Broken', 'Burning', 'Distant', 'Electric', 'Endless', 'Golden', 'Hollow', 'Little', 'Lonely'],
  ...['Midnight', 'Northern', 'Paper', 'Quiet', 'Restless', 'Silver', 'Slow', 'Velvet', 'Wild', 'Winter'],
];

/** Last words of band, album and track names. */
export const things = [
  ...['Avenue', 'Birds', 'City', 'Dance', 'Echo', 'Fire', 'Garden', 'Heart', 'Island', 'Kingdom', 'Letters'],
  ...['Machine', 'Mirror', 'Moon', 'Ocean', 'Parade', 'Radio', 'River', 'Rooms', 'Summer', 'Train', 'Voices'],
];

/** Where users of the shop live: latitude, longitude, place, ISO country, IANA zone. */
export const places: readonly (readonly [string, string, string, string, string])[] = [
  ['46.32313', '-0.45877', 'Niort', 'FR', 'Europe/Paris'],
  ['48.85341', '2.3488', 'Paris', 'FR', 'Europe/Paris'],
  ['52.52437', '13.41053', 'Berlin', 'DE', 'Europe/Berlin'],
  ['50.93333', '6.95', 'Köln', 'DE', 'Europe/Berlin'],
  ['47.36667', '8.55', 'Zürich', 'CH', 'Europe/Zurich'],
  ['59.32938', '18.06871', 'Stockholm', 'SE', 'Europe/Stockholm'],
  ['57.70716', '11.96679', 'Göteborg', 'SE', 'Europe/Stockholm'],
  ['51.10000', '17.03333', 'Wrocław', 'PL', 'Europe/Warsaw'],
  ['41.38879', '2.15899', 'Barcelona', 'ES', 'Europe/Madrid'],
  ['43.36193', '-5.84476', 'Oviedo', 'ES', 'Europe/Madrid'],
  ['38.71667', '-9.13333', 'Lisboa', 'PT', 'Europe/Lisbon'],
  ['45.46427', '9.18951', 'Milano', 'IT', 'Europe/Rome'],
  ['41.01384', '28.94966', 'İstanbul', 'TR', 'Europe/Istanbul'],
  ['51.50853', '-0.12574', 'London', 'GB', 'Europe/London'],
  ['53.33306', '-6.24889', 'Dublin', 'IE', 'Europe/Dublin'],
  ['64.13548', '-21.89541', 'Reykjavík', 'IS', 'Atlantic/Reykjavik'],
  ['40.71427', '-74.00597', 'New York City', 'US', 'America/New_York'],
  ['34.05223', '-118.24368', 'Los Angeles', 'US', 'America/Los_Angeles'],
  ['39.08421', '-77.15165', 'Rockville, Maryland', 'US', 'America/New_York'],
  ['45.50884', '-73.58781', 'Montréal', 'CA', 'America/Toronto'],
  ['-23.5475', '-46.63611', 'São Paulo', 'BR', 'America/Sao_Paulo'],
  ['-31.4135', '-64.18105', 'Córdoba', 'AR', 'America/Argentina/Cordoba'],
  ['4.60971', '-74.08175', 'Bogotá', 'CO', 'America/Bogota'],
  ['19.42847', '-99.12766', 'Ciudad de México', 'MX', 'America/Mexico_City'],
  ['35.6895', '139.69171', 'Tokyo', 'JP', 'Asia/Tokyo'],
  ['37.566', '126.9784', 'Seoul', 'KR', 'Asia/Seoul'],
  ['19.07283', '72.88261', 'Mumbai', 'IN', 'Asia/Kolkata'],
  ['6.45407', '3.39467', 'Lagos', 'NG', 'Africa/Lagos'],
  ['5.35444', '-4.00167', "Abidjan (Côte d'Ivoire)", 'CI', 'Africa/Abidjan'],
  ['-33.86785', '151.20732', 'Sydney', 'AU', 'Australia/Sydney'],
  ['-36.84853', '174.76349', 'Auckland', 'NZ', 'Pacific/Auckland'],
];
