// Margins and classes of counts in a person's words. Pure.
#pragma once

#include <string>
#include <vector>

#include "server/http/request.h"
#include "server/pages/app.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

// "Đơn vị × Giới tính × Nhóm tuổi"; `margin` as index::RunCalibration has it.
std::string margin_words(const App& app, const Request& request, const Questionnaire& questionnaire, const std::vector<std::string>& margin);
// "Nữ, 18–24 tuổi": one option of each question.
std::string class_words(const Request& request, const Questionnaire& questionnaire, const std::vector<std::string>& questions,
                        const std::vector<std::string>& options);

}  // namespace khaosat
