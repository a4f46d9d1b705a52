#include "base/error_codes.h"

namespace khaosat {

std::string_view name_of(ErrorCode code) {
  switch (code) {
#define KHAOSAT_ERROR_CASE(name, http_status, exit_code) \
  case ErrorCode::name:                                  \
    return #name;
    KHAOSAT_ERRORS(KHAOSAT_ERROR_CASE)
#undef KHAOSAT_ERROR_CASE
  }
  return "internal";
}

int http_status_of(ErrorCode code) {
  switch (code) {
#define KHAOSAT_ERROR_CASE(name, http_status, exit_code) \
  case ErrorCode::name:                                  \
    return http_status;
    KHAOSAT_ERRORS(KHAOSAT_ERROR_CASE)
#undef KHAOSAT_ERROR_CASE
  }
  return 500;
}

int exit_code_of(ErrorCode code) {
  switch (code) {
#define KHAOSAT_ERROR_CASE(name, http_status, exit_code) \
  case ErrorCode::name:                                  \
    return exit_code;
    KHAOSAT_ERRORS(KHAOSAT_ERROR_CASE)
#undef KHAOSAT_ERROR_CASE
  }
  return 1;
}

}  // namespace khaosat
