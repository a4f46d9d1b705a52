#include "server/cli/commands.h"

int main(int argc, char** argv) { return khaosat::cli::run(argc, argv); }
