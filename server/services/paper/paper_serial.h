// The number printed on a paper form: "00042-7". The last digit is a check digit (Damm's quasigroup,
// "Total anti-symmetrische Quasigruppen", 2004), which finds every wrong digit and every two
// neighbours exchanged; it starts from the campaign, so that nine in ten forms of another campaign
// are found too. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace khaosat {

std::string paper_serial(std::string_view campaign_id, int number);
// As typed, with or without hyphen and blanks, or as a scanner types the form's QR code.
std::optional<int> read_paper_serial(std::string_view campaign_id, std::string_view typed);

// Which form this is: campaign, questionnaire version, stratum, place, serial number. Nobody's name.
// "khaosat-paper;1;abc;citizen_satisfaction/1;na_phac;v1;00042-7"
std::string paper_qr_text(std::string_view campaign_id, std::string_view questionnaire, std::string_view stratum,
                          std::string_view psu, std::string_view serial);

}  // namespace khaosat
