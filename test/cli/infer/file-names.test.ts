import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { datasetName, fileNames } from '../../../cli/infer/file-names.ts';

describe('the dataset of a file name', () => {
  it.each([
    ['streams1.csv', 'streams'],
    ['/data/in/streams12.csv.gz', 'streams'],
    ['customers.csv', 'customers'],
    ['transactions_2020-01-01.csv', 'transactions'],
    ['2020-01-31_balances.csv', 'balances'],
    ['Card-Payments_20200131.txt', 'card_payments'],
    ['DimDate.psv', 'dim_date'],
    ['loans.v2.csv', 'loans'],
    ['export-20200131T235959Z-orders-003.csv', 'export_orders'],
    ['007.csv', 'data'],
    ['Überweisungen.csv', 'uberweisungen'],
  ])('%s: %s', (path, dataset) => {
    expect(datasetName(path)).toBe(dataset);
    expect(dataset).toMatch(/^[a-z][a-z0-9_]*$/);
  });
});

describe('the name pattern of files', () => {
  it.each([
    [['streams1.csv', 'streams2.csv'], 'streams[0-9]+\\.csv', 'streams17.csv'],
    [['streams1.csv'], 'streams[0-9]+\\.csv', 'streams17.csv'],
    [['customers.csv'], 'customers[0-9]*\\.csv', 'customers2.csv'],
    [['streams.csv', 'streams1.csv'], 'streams[0-9]*\\.csv', 'streams2.csv'],
    [['tx_2020-01-01.csv.gz'], 'tx_[0-9]{4}-[0-9]{2}-[0-9]{2}\\.csv', 'tx_2021-12-31.csv'],
    [['tx20200101.txt'], 'tx[0-9]{8}\\.txt', 'tx20211231.txt'],
    [['tx_v2(1).csv'], 'tx_v[0-9]+\\([0-9]+\\)\\.csv', 'tx_v3(2).csv'],
    [['a1.csv', 'b1.csv'], '(a[0-9]+|b[0-9]+)\\.csv', 'b9.csv'],
    [['a_1.csv', 'a_2_3.csv'], '(a_[0-9]+|a_[0-9]+_[0-9]+)\\.csv', 'a_9.csv'],
  ])('%j: %s', (paths, pattern, tomorrow) => {
    expect(fileNames(paths).pattern).toBe(pattern);
    for (const name of [...paths.map((path) => path.replace(/\.gz$/, '')), tomorrow])
      expect(RE2JS.matches(pattern, name)).toBe(true);
  });
});
