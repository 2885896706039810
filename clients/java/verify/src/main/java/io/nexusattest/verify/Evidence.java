package io.nexusattest.verify;

/**
 * A package as far as it could be made out, stage by stage, and whom to believe.
 *
 * @param file the file, if it is a package
 * @param log its events, if they can all be read
 * @param history the log, if it can have happened
 * @param gate the moment at which it was allowed to be run, if it was
 * @param run the run, if one is recorded
 * @param trust whom to believe
 */
record Evidence(Stage<PackageFile> file, Stage<Log> log, Stage<History> history, Stage<Gate> gate, Stage<Run> run, TrustPolicy trust) {
  static Evidence of(byte[] file, TrustPolicy trust) {
    Stage<PackageFile> opened = PackageFile.open(file);
    Stage<Log> log = opened.then(Log::read);
    Stage<History> history = log.then(Replay::of);
    Stage<Gate> gate = history.then(Gate::of);
    return new Evidence(opened, log, history, gate, gate.then(Run::of), trust);
  }
}
