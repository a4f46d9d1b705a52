// What every kind of body does to a name and a value before they become FormData. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "server/http/form_data.h"

namespace khaosat {

// Clean text within the limits. `where` of the errors: "name" for names, the field for values.
Result<std::string> clean_field_name(std::string name, const FormLimits& limits);
Result<std::string> clean_field_value(std::string value, std::string_view field,
                                      const FormLimits& limits);
tl::unexpected<Error> too_large(std::string_view what, std::size_t limit);

}  // namespace khaosat
