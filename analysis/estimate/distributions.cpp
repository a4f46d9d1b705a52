#include "analysis/estimate/distributions.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>

namespace khaosat::estimate {
namespace {

// Nothing is thrown: ranges are checked here, overflow gives infinity. Doubles are not promoted to
// long double, whose width differs between machines: the same bits everywhere matter more than the
// last digit.
using namespace boost::math::policies;
using Policy = policy<domain_error<ignore_error>, pole_error<ignore_error>,
                      overflow_error<ignore_error>, evaluation_error<ignore_error>,
                      promote_double<false>>;
using Normal = boost::math::normal_distribution<double, Policy>;
using StudentT = boost::math::students_t_distribution<double, Policy>;
using FisherF = boost::math::fisher_f_distribution<double, Policy>;
using ChiSquared = boost::math::chi_squared_distribution<double, Policy>;
using Beta = boost::math::beta_distribution<double, Policy>;
using boost::math::cdf;
using boost::math::complement;
using boost::math::pdf;
using boost::math::quantile;

[[maybe_unused]] bool is_open_probability(double p) { return p > 0 && p < 1; }

// The library's inverse loses digits where the quantile is tiny (alpha below 1, p near 0), because
// it stops at an absolute accuracy. There cdf(x) is nearly c x^alpha: Newton's method on logarithms
// mends it in a few steps.
double lower_beta_quantile(double p, double alpha, double beta) {
  const Beta distribution(alpha, beta);
  double x = quantile(distribution, p);
  if (!(x > 1e-300))
    x = std::exp((std::log(p) + std::log(alpha) + std::lgamma(alpha) + std::lgamma(beta) -
                  std::lgamma(alpha + beta)) /
                 alpha);
  for (int step = 0; step < 20 && x > 0 && x < 0.5; ++step) {
    const double reached = cdf(distribution, x);
    const double slope = x * pdf(distribution, x);
    if (!(reached > 0) || !(slope > 0)) break;
    const double change = std::log(p / reached) * reached / slope;
    x *= std::exp(change);
    if (std::abs(change) < 1e-15) break;
  }
  return x;
}

}  // namespace

double normal_quantile(double p) {
  assert(is_open_probability(p));
  return quantile(Normal(), p);
}
double student_t_quantile(double p, double degrees_of_freedom) {
  assert(is_open_probability(p) && degrees_of_freedom > 0);
  if (std::isinf(degrees_of_freedom)) return normal_quantile(p);
  // Nodes of one unit ask for the same one after the other.
  thread_local double last_p = 0;
  thread_local double last_degrees = 0;
  thread_local double last = 0;
  if (p != last_p || degrees_of_freedom != last_degrees) {
    last = quantile(StudentT(degrees_of_freedom), p);
    last_p = p;
    last_degrees = degrees_of_freedom;
  }
  return last;
}
double f_quantile(double p, double numerator_df, double denominator_df) {
  assert(is_open_probability(p));
  // Of X / (1 - X) with X beta; from the side on which X is small.
  const double a = numerator_df / 2;
  const double b = denominator_df / 2;
  const double x = lower_beta_quantile(p, a, b);
  if (x < 0.5) return b * x / (a * (1 - x));
  const double y = quantile(complement(Beta(b, a), p));
  return b * (1 - y) / (a * y);
}
double chi_squared_quantile(double p, double degrees_of_freedom) {
  assert(is_open_probability(p));
  return quantile(ChiSquared(degrees_of_freedom), p);
}
double beta_quantile(double p, double alpha, double beta) {
  assert(p >= 0 && p <= 1 && alpha > 0 && beta > 0);
  if (p == 0) return 0;
  if (p == 1) return 1;
  return lower_beta_quantile(p, alpha, beta);
}

double normal_cdf(double x) { return cdf(Normal(), x); }
double normal_upper(double x) { return cdf(complement(Normal(), x)); }
double student_t_cdf(double x, double degrees_of_freedom) {
  if (std::isinf(degrees_of_freedom)) return normal_cdf(x);
  return cdf(StudentT(degrees_of_freedom), x);
}
double student_t_upper(double x, double degrees_of_freedom) {
  return student_t_cdf(-x, degrees_of_freedom);
}
double f_cdf(double x, double numerator_df, double denominator_df) {
  return cdf(FisherF(numerator_df, denominator_df), x);
}
double f_upper(double x, double numerator_df, double denominator_df) {
  return cdf(complement(FisherF(numerator_df, denominator_df), x));
}
double chi_squared_cdf(double x, double degrees_of_freedom) {
  return cdf(ChiSquared(degrees_of_freedom), x);
}
double chi_squared_upper(double x, double degrees_of_freedom) {
  return cdf(complement(ChiSquared(degrees_of_freedom), x));
}
double beta_cdf(double x, double alpha, double beta) { return cdf(Beta(alpha, beta), x); }
double beta_upper(double x, double alpha, double beta) {
  return cdf(complement(Beta(alpha, beta), x));
}

}  // namespace khaosat::estimate
