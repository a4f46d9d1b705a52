# Answers the questions of estimate_sweep.py with R's survey, all in one process.
# usage: Rscript estimate_sweep.R FOLDER    reads designs.csv, questions.csv and table_N.csv, writes answers.csv
suppressMessages(library(survey))
options(warn = -1)
folder <- commandArgs(TRUE)[1]
path <- function(name) file.path(folder, name)
designs <- read.csv(path("designs.csv"), colClasses = "character")
questions <- read.csv(path("questions.csv"), colClasses = "character")
numbers <- function(text) if (text == "") NULL else as.numeric(strsplit(text, " ")[[1]])
answers <- list()

made <- function(d, design) {
  policy <- design$policy
  options(survey.lonely.psu = if (policy == "collapse") "fail" else policy, survey.adjust.domain.lonely = design$inside == "1")
  if (policy == "collapse") d$stratum <- d$joined
  two <- design$stages == "2"; fpc <- design$fpc == "1"; people <- design$people == "1"
  base <- if (people) svydesign(id = ~1, strata = ~stratum, weights = ~weight, data = d)
    else if (two) svydesign(id = ~psu + unit, strata = ~stratum, weights = ~weight, fpc = ~frame + units, data = d)
    else if (fpc) svydesign(id = ~psu, strata = ~stratum, weights = ~weight, fpc = ~frame, data = d)
    else svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d)
  if (design$replicates != "none") base <- replicated(base, d, design)
  base <- calibrated(base, d, design)
  limits <- numbers(design$trim)
  if (!is.null(limits)) base <- trimWeights(base, lower = limits[1], upper = limits[2], strict = TRUE)
  base
}

replicated <- function(base, d, design) {
  type <- c(jk1 = "JK1", jkn = "JKn", brr = "BRR", fay = "Fay", bootstrap = "bootstrap")[[design$replicates]]
  full <- design$centre == "full"
  if (design$made == "1") {
    if (type == "JK1") base <- svydesign(id = ~psu, weights = ~weight, data = d)
    return(as.svrepdesign(base, type = type, mse = full))
  }
  weights <- as.matrix(d[, grep("^replicate_", names(d)), drop = FALSE])
  more <- list(scale = numbers(design$scale), rscales = numbers(design$rscales), rho = if (type == "Fay") as.numeric(design$rho))
  do.call(svrepdesign, c(list(data = d, weights = d$weight, repweights = weights, type = type, combined.weights = TRUE, mse = full),
                         more[!vapply(more, is.null, TRUE)]))
}

# R stops raking its replicates when the full sample has settled; here each goes on until it has settled itself.
raked_replicates <- function(base, d) {
  settled <- function(w) {
    for (k in 1:100000) {
      before <- w
      for (m in c("margin_one", "margin_two")) w <- w * d[[paste0(m, "_population")]] / tapply(w, d[[m]], sum)[as.character(d[[m]])]
      if (max(abs(w - before)) < 1e-15 * max(w)) break
    }
    as.numeric(w)
  }
  replicates <- apply(weights(base, "analysis"), 2, settled)
  base$pweights <- settled(weights(base, "sampling")); base$repweights <- replicates; base$combined.weights <- TRUE; base$degf <- NULL
  base$degf <- degf(base)
  base
}

calibrated <- function(base, d, design) {
  how <- design$calibration
  known <- function(name) { one <- !duplicated(d[[name]]); setNames(data.frame(d[[name]][one], d[[paste0(name, "_population")]][one]), c(name, "Freq")) }
  bounds <- numbers(design$bounds)
  population <- function() setNames(c(d$total_one_population[1], d$total_k_population[1], d$total_x_population[1]), c("total_one", "total_k", "total_x"))
  f <- ~total_one + total_k + total_x - 1
  switch(how, none = base,
    post = postStratify(base, ~post_stratum, known("post_stratum")),
    rake = if (inherits(base, "svyrep.design")) raked_replicates(base, d) else rake(base, list(~margin_one, ~margin_two), list(known("margin_one"), known("margin_two")), control = list(maxit = 3000, epsilon = 1e-13)),
    linear = calibrate(base, f, population(), epsilon = 1e-12),
    truncated = calibrate(base, f, population(), bounds = bounds, calfun = "linear", epsilon = 1e-12, maxit = 500),
    exponential = calibrate(base, f, population(), calfun = "raking", epsilon = 1e-12, maxit = 500),
    logit = calibrate(base, f, population(), calfun = "logit", bounds = bounds, epsilon = 1e-12, maxit = 500))
}

deff_of <- function(stat) tryCatch(as.numeric(deff(stat))[1], error = function(e) NA)
root <- function(p, end, limit) {
  entropy <- function(x, y) if (x > 0) x * log(x / y) else 0
  uniroot(function(q) entropy(p, q) + entropy(1 - p, 1 - q) - limit, sort(c(p, end + (if (end == 0) 1e-300 else -1e-16))), tol = 1e-15, maxiter = 10000)$root
}

share <- function(s, all, q, level) {
  s$variables$share_ <- as.numeric(s$variables[[q$y]] == as.numeric(q$category))
  m <- svymean(~share_, s); p <- as.numeric(coef(m)); v <- as.numeric(vcov(m)); df <- degf(all); n <- sum(weights(s, "sampling") != 0)
  out <- list(value = p, se = as.numeric(SE(m)), df = df, n = n)
  if (p <= 0 || p >= 1 || v < 1e-18 || df <= 0) return(out)
  t <- qt(0.5 + level / 2, df); alpha <- 1 - level
  ci <- switch(q$method,
    beta = { e <- p * (1 - p) / v * (qt(alpha / 2, n - 1) / qt(alpha / 2, df))^2; c(qbeta(alpha / 2, e * p, e * (1 - p) + 1), qbeta(1 - alpha / 2, e * p + 1, e * (1 - p))) },
    wilson = { e <- p * (1 - p) / v; (p + t^2 / (2 * e) + c(-1, 1) * t * sqrt(p * (1 - p) / e + t^2 / (4 * e^2))) / (1 + t^2 / e) },
    likelihood = { limit <- t^2 * v / (2 * p * (1 - p)) * n / (n - 1); tryCatch(c(root(p, 0, limit), root(p, 1, limit)), error = function(e) c(NA, NA)) },
    # svyciprop's own takes t through the normal distribution and overflows where t is large.
    logit = { g <- svyglm(share_ ~ 1, s, family = quasibinomial, epsilon = 1e-14, maxit = 100); plogis(as.numeric(coef(g)) + c(-1, 1) * t * as.numeric(SE(g))) },
    as.numeric(attr(svyciprop(~share_, s, method = q$method, level = level, df = df), "ci")))
  out$lower <- ci[1]; out$upper <- ci[2]
  # As the package itself says it, where nobody's answer is missing.
  if (q$method == "beta" && n == nrow(all) && degf(s) == df) {
    own <- as.numeric(attr(svyciprop(~share_, s, method = "beta", level = level), "ci")); out$own_lower <- own[1]; out$own_upper <- own[2]
  }
  if (q$method == "likelihood") {
    own <- tryCatch(as.numeric(attr(svyciprop(~share_, s, method = "likelihood", level = level, df = df), "ci")), error = function(e) c(NA, NA))
    out$profile_lower <- own[1]; out$profile_upper <- own[2]
  }
  out
}

answer <- function(base, d, q, level) {
  replicated <- inherits(base, "svyrep.design")
  kind <- q$kind
  inside <- if (q$column == "") rep(TRUE, nrow(d)) else !is.na(d[[q$column]]) & d[[q$column]] == q$value
  if (kind == "kish") { w <- weights(base, "sampling"); return(list(value = sum(w)^2 / sum(w^2))) }
  if (kind == "icc") {
    ok <- !is.na(d[[q$y]]); y <- d[[q$y]][ok]; g <- factor(if (attr(base, "people")) seq_along(ok)[ok] else paste(d$stratum, d$psu)[ok])
    a <- anova(lm(y ~ g)); n <- table(g); n0 <- (sum(n) - sum(n^2) / sum(n)) / (length(n) - 1)
    return(list(value = (a[1, 3] - a[2, 3]) / (a[1, 3] + (n0 - 1) * a[2, 3]), f = a[1, 4]))
  }
  if (kind == "alpha") {
    m <- d[, c("q", "a", "b")]; C <- cov(m, use = "pairwise.complete.obs"); k <- 3; R <- cov2cor(C); n <- nrow(m)
    al <- k / (k - 1) * (1 - sum(diag(C)) / sum(C)); f <- function(p) 1 - (1 - al) * qf(p, n - 1, (n - 1) * (k - 1))
    # One factor of three items is exact where the loadings are proper.
    l <- sqrt(c(R[1, 2] * R[1, 3] / R[2, 3], R[1, 2] * R[2, 3] / R[1, 3], R[1, 3] * R[2, 3] / R[1, 2]))
    omega <- if (all(R > 0) && all(is.finite(l)) && all(l < 0.999)) sum(l)^2 / (sum(l)^2 + sum(1 - l^2)) else NA
    return(list(value = al, lower = f(0.5 + level / 2), upper = f(0.5 - level / 2), standardized_alpha = k / (k - 1) * (1 - k / sum(R)), lambda6 = if (min(eigen(R)$values) > 1e-9) 1 - sum(1 / diag(solve(R))) / sum(R) else NA, omega = omega))
  }
  complete <- complete.cases(d[, c("q", "a", "b")])
  if (kind == "alpha_weighted") { for (v in c("q", "a", "b")) base$variables[[v]][!complete] <- 0 }
  if (kind == "alpha_weighted") return(list(value = as.numeric(svycralpha(~q + a + b, subset(base, complete)))))
  all <- if (q$column == "") base else subset(base, inside)
  valid <- !is.na(d[[q$y]])
  # Calibrated designs keep the rows of others with a weight of 0: they need some number, whichever.
  filled <- function(design, keep) { design$variables[[q$y]][is.na(design$variables[[q$y]])] <- 0; subset(design, keep) }
  s <- filled(base, inside & valid)
  f <- as.formula(paste0("~", q$y))
  if (startsWith(kind, "difference")) {
    other <- !is.na(d[[q$column]]) & d[[q$column]] == q$minus
    df <- degf(subset(base, inside | other))
    # svyby of calibrated weights fails with covmat: the linearised values by hand, R's variance of their totals.
    if (!replicated && !is.null(base$postStrata)) {
      w <- weights(base); y <- ifelse(valid, d[[q$y]], 0); x <- if (kind == "difference_ratio") d[[q$x]] else 1
      part <- function(who) {
        o <- as.numeric(who & valid); below <- sum(w * o * x)
        if (kind == "difference_total") list(v = sum(w * o * y), u = o * y) else { r <- sum(w * o * y) / below; list(v = r, u = o * (y - r * x) / below) }
      }
      a <- part(inside); b <- part(other)
      base$variables$ua_ <- a$u; base$variables$ub_ <- b$u; V <- vcov(svytotal(~ua_ + ub_, base))
      return(list(value = a$v - b$v, se = sqrt(max(0, V[1, 1] + V[2, 2] - 2 * V[1, 2])), covariance = V[1, 2], first = a$v, second = b$v, df = df))
    }
    both <- subset(base, (inside | other) & valid)
    by <- if (kind == "difference_ratio") svyby(~y, as.formula(paste0("~", q$column)), both, svyratio, denominator = ~x, covmat = TRUE)
      else svyby(f, as.formula(paste0("~", q$column)), both, if (kind == "difference_total") svytotal else svymean, covmat = TRUE)
    i <- which(as.character(by[[q$column]]) == q$value); j <- which(as.character(by[[q$column]]) == q$minus)
    b <- coef(by); V <- vcov(by)
    return(list(value = b[[i]] - b[[j]], se = sqrt(max(0, V[i, i] + V[j, j] - 2 * V[i, j])), covariance = V[i, j], first = b[[i]], second = b[[j]], df = df))
  }
  if (kind == "share") return(share(s, all, q, level))
  if (kind == "quantile" && replicated) {
    # By definition: the smallest answer with p of the weight at or below it; "school" halves where p is met exactly.
    p <- as.numeric(q$p)
    quantile_ <- function(w, data) {
      y <- data[[q$y]][w != 0]; w <- w[w != 0]; o <- order(y); y <- y[o]; share <- cumsum(w[o]) / sum(w); i <- which(share >= p - 1e-12)[1]
      if (q$rule == "school" && abs(share[i] - p) <= 1e-12 && i < length(y)) (y[i] + y[i + 1]) / 2 else y[i]
    }
    k <- withReplicates(s, quantile_); v <- as.numeric(coef(k)); e <- as.numeric(SE(k)); t <- qt(0.5 + level / 2, degf(all))
    return(list(value = v, se = e, lower = v - t * e, upper = v + t * e))
  }
  if (kind == "quantile") {
    k <- svyquantile(f, s, as.numeric(q$p), interval.type = q$method, qrule = q$rule, alpha = 1 - level)[[1]]
    return(list(value = k[1, 1], lower = k[1, 2], upper = k[1, 3], se = k[1, 4]))
  }
  df <- degf(all); t <- if (df > 0) qt(0.5 + level / 2, df) else NA
  stat <- switch(kind, mean = svymean(f, s), total = svytotal(f, s), variance = svyvar(f, s), ratio = svyratio(f, as.formula(paste0("~", q$x)), s))
  v <- as.numeric(coef(stat)); e <- as.numeric(SE(stat))
  out <- list(value = v, se = e, df = df, lower = v - t * e, upper = v + t * e)
  if (!replicated && kind %in% c("mean", "total", "ratio")) {
    with <- function(how) tryCatch(switch(kind, mean = deff_of(svymean(f, s, deff = how)), total = deff_of(svytotal(f, s, deff = how)),
      ratio = attr(svyratio(f, as.formula(paste0("~", q$x)), s, deff = how), "deff")[1]), error = function(e) NA)
    out$deff <- with(TRUE); out$deff_replace <- with("replace")
  }
  out
}

file <- file(path("answers.csv"), "w")
cat("case,question,field,number\n", file = file)
for (k in seq_len(nrow(designs))) {
  design <- as.list(designs[k, ])
  d <- read.csv(path(paste0("table_", design$case, ".csv")), colClasses = c(stratum = "character", psu = "character"), na.strings = "")
  base <- tryCatch(made(d, design), error = function(e) conditionMessage(e))
  mine <- which(questions$case == design$case)
  if (is.character(base)) { cat(sprintf('%s,-1,"%s",NaN\n', design$case, gsub('[\n"]', " ", base)), file = file); next }
  attr(base, "people") <- design$people == "1"
  for (i in mine) {
    found <- tryCatch(answer(base, d, as.list(questions[i, ]), as.numeric(design$level)), error = function(e) list(error = { if (Sys.getenv("SWEEP_SAY") != "") message(design$case, " ", questions$statement[i], ": ", conditionMessage(e)); NaN }))
    found <- lapply(found[!vapply(found, is.null, TRUE)], function(v) if (length(v) == 1) as.numeric(v) else NaN)
    cat(sprintf("%s,%s,%s,%.17g\n", design$case, questions$question[i], names(found), unlist(found)), sep = "", file = file)
  }
}
close(file)
