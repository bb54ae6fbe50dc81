// Run by Rhino, which comes with veraPDF: checks PDF files against PDF/A-2b and prints one line of JSON for each.
var vera = Packages.org.verapdf;
vera.gf.foundry.VeraGreenfieldFoundryProvider.initialise();
var flavour = vera.pdfa.flavours.PDFAFlavour.PDFA_2_B;
for (var number = 0; number < arguments.length; number++) {
  var foundry = vera.pdfa.Foundries.defaultInstance();
  var parser = foundry.createParser(new java.io.File(arguments[number]), flavour);
  var result = foundry.createValidator(flavour, false).validate(parser);
  var broken = [];
  for (var rules = result.getFailedChecks().keySet().iterator(); rules.hasNext();) broken.push(String(rules.next()));
  print(JSON.stringify({ compliant: Boolean(result.isCompliant()), broken: broken }));
  parser.close();
}
