/** lab doctor */
import type { Command } from 'commander';
import { AppError } from '../../../contract/errors.ts';
import { addCommand, setAction } from '../command.ts';
import { formatDoctor } from '../printers/catalogue.ts';

export function doctorCommands(program: Command): void {
  const command = addCommand(
    program,
    'doctor',
    'what is installed, which device will be used and why, and what would make it faster',
  );
  setAction(command, async ({ client, output, signal }) => {
    const report = await client.call('doctor.run', {}, { signal });
    output.result(report, formatDoctor(report));
    const problems = report.findings.filter(({ severity }) => severity === 'problem');
    if (problems.length > 0) {
      throw new AppError(
        'missing-component',
        `${problems.map(({ title }) => title).join(', ')}: not in order; the findings above say what to do.`,
      );
    }
  });
}
