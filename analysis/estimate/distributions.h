// Quantiles and distribution functions, accurate to about 1e-13 relative. Pure, thread safe.
// Arguments outside the stated ranges are programmer errors.
#pragma once

namespace khaosat::estimate {

// p in (0, 1); degrees of freedom > 0, infinity allowed for t.
double normal_quantile(double p);
double student_t_quantile(double p, double degrees_of_freedom);
double f_quantile(double p, double numerator_df, double denominator_df);
double chi_squared_quantile(double p, double degrees_of_freedom);
double beta_quantile(double p, double alpha, double beta);  // alpha, beta > 0; p in [0, 1]

// P(X <= x), and its complement without cancellation.
double normal_cdf(double x);
double normal_upper(double x);
double student_t_cdf(double x, double degrees_of_freedom);
double student_t_upper(double x, double degrees_of_freedom);
double f_cdf(double x, double numerator_df, double denominator_df);        // x >= 0
double f_upper(double x, double numerator_df, double denominator_df);      // x >= 0
double chi_squared_cdf(double x, double degrees_of_freedom);               // x >= 0
double chi_squared_upper(double x, double degrees_of_freedom);             // x >= 0
double beta_cdf(double x, double alpha, double beta);                      // x in [0, 1]
double beta_upper(double x, double alpha, double beta);                    // x in [0, 1]

}  // namespace khaosat::estimate
