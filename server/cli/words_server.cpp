// Words of what looks after a server: serve, init, demo, audit, backup, restore, version.
#include "server/cli/words.h"
#include "server/config.h"

namespace khaosat::cli {

namespace {

// One flag per line of config_options().
void add_config(CLI::App* command, ServeOptions& options) {
  command->add_option("--config", options.config_file, "Configuration file (default: DATA/khaosat.json)")
      ->option_text("FILE");
  for (const auto& option : config_options()) {
    const std::string key(option.key);
    command
        ->add_option_function<std::string>(
            flag_of(option), [&options, key](const std::string& value) { options.flags[key] = value; },
            std::string(option.help) + " [" + environment_of(option) + "]")
        ->option_text(std::string(option.value));
  }
}

}  // namespace

void add_server_words(CLI::App& app, Chosen& chosen) {
  const auto serve_options = std::make_shared<ServeOptions>();
  auto& serve = *serve_options;
  auto* serve_command = app.add_subcommand("serve", "Run the server");
  serve_command->footer(kServeHelp);
  add_config(serve_command, serve);

  const auto init_options = std::make_shared<InitOptions>();
  auto& init = *init_options;
  auto* init_command = app.add_subcommand("init", "Make the data folder and a certificate for the office network");
  init_command->footer(kInitHelp);
  add_config(init_command, init.serve);
  init_command->add_option("--host", init.hosts, "Name or address people will type; may be repeated")->option_text("NAME ...");

  const auto demo_options = std::make_shared<DemoOptions>();
  auto& demo = *demo_options;
  auto* demo_command = app.add_subcommand("demo", "Fill an empty data folder with made-up data, then serve it");
  demo_command->footer(kDemoHelp);
  add_config(demo_command, demo.serve);
  demo_command->add_flag("--load-only", demo.stop_after_loading, "Stop when the data is in place");

  const auto audit_options = std::make_shared<AuditOptions>();
  auto& audit = *audit_options;
  auto* audit_command = app.add_subcommand("audit", "The journal of who did what");
  audit_command->require_subcommand(1);
  auto* verify_command = audit_command->add_subcommand("verify", "Check the chain, the register of facts and its evidence");
  verify_command->footer(kAuditHelp);
  add_data(verify_command, audit.data);
  verify_command->add_option("file", audit.file, "An exported journal, or another data folder; \"-\" for standard input");
  verify_command->add_option("--head", audit.head, "Chain value noted down earlier; it must be in the journal")->option_text("HEX");
  auto* audit_export_command = audit_command->add_subcommand("export", "Write the journal, a line of JSON per entry");
  add_data(audit_export_command, audit.data);
  audit_export_command->add_option("--output", audit.output, "File to write (default: standard output)")->option_text("FILE");

  const auto backup_options = std::make_shared<BackupOptions>();
  auto& backup = *backup_options;
  auto* backup_command = app.add_subcommand("backup", "Copy all databases, also while the server runs");
  backup_command->footer(kBackupHelp);
  add_data(backup_command, backup.data);
  backup_command->add_option("folder", backup.folder, "New folder for the copy")->required();
  backup_command->add_option("--keys", backup.keys, "Copy the keys into this other folder")->option_text("DIR");
  const auto restore_options = std::make_shared<BackupOptions>();
  auto& restore = *restore_options;
  auto* restore_command = app.add_subcommand("restore", "Check a copy and put it into an empty data folder");
  restore_command->footer(kBackupHelp);
  add_data(restore_command, restore.data);
  restore_command->add_option("folder", restore.folder, "Folder of the copy")->required();
  restore_command->add_option("--keys", restore.keys, "Take the keys from this folder")->option_text("DIR");

  app.add_subcommand("version", "Version, definitions format, database schema")->callback([&chosen] { chosen = run_version; });

  runs(serve_command, chosen, serve_options, run_serve);
  runs(init_command, chosen, init_options, run_init);
  runs(demo_command, chosen, demo_options, run_demo);
  runs(verify_command, chosen, audit_options, run_audit_verify);
  runs(audit_export_command, chosen, audit_options, run_audit_export);
  runs(backup_command, chosen, backup_options, run_backup);
  runs(restore_command, chosen, restore_options, run_restore);
}

}  // namespace khaosat::cli
